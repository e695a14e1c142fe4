package sandbox

import (
	"strconv"
	"time"
)

// name is a part of a person's name, as displayed and as in an e-mail address.
type name struct{ shown, mail string }

func plain(shown, mail string) name { return name{shown, mail} }

var firstNames = []name{
	plain("Aisha", "aisha"), plain("Alejandro", "alejandro"), plain("Amélie", "amelie"), plain("Anna", "anna"),
	plain("Arjun", "arjun"), plain("Björn", "bjorn"), plain("Camila", "camila"), plain("Chen", "chen"),
	plain("Chiara", "chiara"), plain("Daniel", "daniel"), plain("Elif", "elif"), plain("Emma", "emma"),
	plain("Fatima", "fatima"), plain("Gabriel", "gabriel"), plain("Grace", "grace"), plain("Hannah", "hannah"),
	plain("Ibrahim", "ibrahim"), plain("Inês", "ines"), plain("Ivan", "ivan"), plain("James", "james"),
	plain("Jürgen", "juergen"), plain("Kofi", "kofi"), plain("Lena", "lena"), plain("Liam", "liam"),
	plain("Lucía", "lucia"), plain("Magnus", "magnus"), plain("Mei", "mei"), plain("Mohammed", "mohammed"),
	plain("Nadia", "nadia"), plain("Noah", "noah"), plain("Olga", "olga"), plain("Priya", "priya"),
	plain("Rafael", "rafael"), plain("Renée", "renee"), plain("Sakura", "sakura"), plain("Samuel", "samuel"),
	plain("Siobhán", "siobhan"), plain("Thabo", "thabo"), plain("Yuki", "yuki"), plain("Zoë", "zoe"),
}

var lastNames = []name{
	plain("Abe", "abe"), plain("Andersson", "andersson"), plain("Bianchi", "bianchi"), plain("Brown", "brown"),
	plain("Çelik", "celik"), plain("Costa", "costa"), plain("Dąbrowski", "dabrowski"), plain("Diallo", "diallo"),
	plain("Dubois", "dubois"), plain("Eriksen", "eriksen"), plain("Fernández", "fernandez"), plain("Fischer", "fischer"),
	plain("García", "garcia"), plain("Gupta", "gupta"), plain("Haddad", "haddad"), plain("Horváth", "horvath"),
	plain("Ivanova", "ivanova"), plain("Janssen", "janssen"), plain("Jones", "jones"), plain("Kaya", "kaya"),
	plain("Kim", "kim"), plain("Kowalska", "kowalska"), plain("Lee", "lee"), plain("López", "lopez"),
	plain("Mensah", "mensah"), plain("Moreau", "moreau"), plain("Müller", "mueller"), plain("Nguyen", "nguyen"),
	plain("Novák", "novak"), plain("O'Brien", "obrien"), plain("Okafor", "okafor"), plain("Patel", "patel"),
	plain("Popescu", "popescu"), plain("Rossi", "rossi"), plain("Sato", "sato"), plain("Silva", "silva"),
	plain("Singh", "singh"), plain("Smith", "smith"), plain("Sørensen", "sorensen"), plain("Suzuki", "suzuki"),
	plain("Tanaka", "tanaka"), plain("Virtanen", "virtanen"), plain("Wang", "wang"), plain("Weiß", "weiss"),
	plain("Yılmaz", "yilmaz"), plain("Zhang", "zhang"), plain("Zulu", "zulu"), plain("Zwart", "zwart"),
}

var (
	departments = []string{
		"Design", "Engineering", "Finance", "Legal", "Marketing", "Operations", "People", "Platform", "Procurement",
		"Product", "Research", "Sales", "Security", "Support",
	}
	places = []string{"Amsterdam", "Austin", "Berlin", "Lagos", "Lisbon", "London", "Paris", "São Paulo", "Singapore", "Tokyo"}
	ranks  = []string{"all", "admins", "contractors", "leads", "on-call", "readers"}
)

// people makes users and groups as a directory would have synchronised them.
type people struct {
	rand  *random
	now   time.Time
	joins *uint64 // how many were made: it keeps addresses apart
	days  int     // how far back they were created; 0: now
}

// people is for users who join now. The caller holds s.mu.
func (s *Server) people() people {
	return people{rand: &s.rand, now: s.now(), joins: &s.joined}
}

// appendUser appends a user with the documented fields: no recording of a SCIM list exists. With twin, another
// user, the person is the same: name and address of one who is in two directories.
func (p people) appendUser(dst, twin []byte) []byte {
	r := p.rand
	*p.joins++
	first, last := pick(r, firstNames), pick(r, lastNames)
	dst = append(dst, `{"id":"`...)
	dst = r.appendUUID(dst)
	dst = append(dst, `","externalId":"00u`...)
	dst = r.appendLetters(dst, 17)
	dst = append(dst, `","displayName":`...)
	shown, hasTwin := get(twin, "displayName")
	emails, _ := get(twin, "emails")
	if hasTwin {
		dst = append(dst, shown...)
	} else {
		dst = append(dst, '"')
		dst = append(dst, first.shown...)
		dst = append(dst, ' ')
		dst = append(dst, last.shown...)
		dst = append(dst, '"')
	}
	dst = append(dst, `,"active":`...)
	dst = strconv.AppendBool(dst, p.days == 0 || r.below(25) > 0)
	dst = append(dst, `,"emails":`...)
	if hasTwin {
		dst = append(dst, emails...)
	} else {
		dst = append(dst, `[{"value":"`...)
		dst = append(dst, first.mail...)
		dst = append(dst, '.')
		dst = append(dst, last.mail...)
		dst = strconv.AppendUint(dst, *p.joins, 10)
		dst = append(dst, `@corp.example","type":"work","primary":true}]`...)
	}
	dst = p.appendMeta(dst)
	return append(dst, `,"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`...)
}

// appendGroup appends a group with the documented fields.
func (p people) appendGroup(dst []byte, number int) []byte {
	r := p.rand
	dst = append(dst, `{"id":"`...)
	dst = r.appendUUID(dst)
	dst = append(dst, `","externalId":"00g`...)
	dst = r.appendLetters(dst, 17)
	dst = append(dst, `","displayName":"`...)
	dst = append(dst, departments[number%len(departments)]...)
	if number /= len(departments); number > 0 {
		dst = append(dst, ' ')
		dst = append(dst, places[number%len(places)]...)
	}
	if number /= len(places); number > 0 {
		dst = append(dst, ' ')
		dst = append(dst, ranks[number%len(ranks)]...)
	}
	if number /= len(ranks); number > 0 {
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, int64(number), 10)
	}
	dst = append(dst, '"')
	dst = p.appendMeta(dst)
	return append(dst, `,"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`...)
}

func (p people) appendMeta(dst []byte) []byte {
	created := p.now
	changed := created
	if p.days > 0 {
		created = p.rand.before(p.now, p.days)
		changed = created.Add(time.Duration(p.rand.below(int(p.now.Sub(created)/time.Second)+1)) * time.Second)
	}
	dst = append(dst, `,"meta":{"created":`...)
	dst = append(dst, stamp(created)...)
	dst = append(dst, `,"lastModified":`...)
	dst = append(dst, stamp(changed)...)
	return append(dst, '}')
}
